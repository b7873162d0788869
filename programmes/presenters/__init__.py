"""Display data for pages: what templates show, in the shape they show it."""
