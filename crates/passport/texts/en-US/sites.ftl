sites-heading = Participating sites
sites-lead = Sites where you can sign in with your Passport. Choose one to begin there.
sites-none = No site is listed here at present.
home-sites = See where you can use your Passport:
