"""Parts of the stage evaluating: the candidate, the cells of its matrix, drawings, figures, conclusions, pages."""
