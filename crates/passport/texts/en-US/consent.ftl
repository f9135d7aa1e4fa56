consent-heading = May { $site } have this?
consent-lead = { $site } would like to receive:
consent-nothing = Only that it is you, each time that you come: no name and no address.
consent-offline = It would also keep this access while you are not there.
consent-back = Then you go back to { $host }.
consent-who = You are signed in as { $email }.
consent-approve = Allow
consent-deny = No thanks
