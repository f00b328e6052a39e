"""What the page's parts *Train* and *Judge* ask: the trainings of the workspace."""
