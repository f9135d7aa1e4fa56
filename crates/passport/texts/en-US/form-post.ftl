form-post-heading = Going back to { $host }
form-post-text = All done: you are on your way back to the site. If nothing happens, press the button.
form-post-continue = Continue
