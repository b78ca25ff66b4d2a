"""How a person wants their pages: times, zone, density, theme, keys. And the page on which they see who they are here."""
