"""What helps while a caption is typed: tags under the cursor, completion, drafts, token counts."""
