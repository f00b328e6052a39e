"""Page of an evaluation: verdict, pictures, figures with intervals, and what they do not show."""
