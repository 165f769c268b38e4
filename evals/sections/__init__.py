"""How well answers are cut into sections: realistic answers, each marked by hand with its right cut."""
