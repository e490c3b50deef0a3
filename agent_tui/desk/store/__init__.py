"""The desk's database behind a narrow interface; nothing outside this folder knows which database it is."""
