authorize-error-heading = Sign-in request problem
authorize-error-text = The site that sent you here asked in a way that we cannot answer. You did nothing wrong, and nothing was sent to it.
authorize-error-next = Go back to the site and try once more. If this page comes again, tell the site's operator what stands below.
