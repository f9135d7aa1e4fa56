authorize-error-heading = Sign-in request problem
authorize-error-text = The site that sent you here asked in a way that we cannot answer. You did nothing wrong, and nothing was sent to it.
authorize-error-next = Go back to the site and try once more. If this page comes again, tell the site’s operator what it says below.
mismatch-heading = For the developer: the address does not match
mismatch-text = The site asked us to send the answer to an address that is not registered for it. Both must be the same, character by character. What differs is marked.
mismatch-presented = The site sent
mismatch-registered = Registered, and the same with what the site sent
mismatch-next = Correct the site’s settings, or register the address with the command: passport client set
