"""Page of a comparison: which LoRA to use, why, and all of them side by side."""
