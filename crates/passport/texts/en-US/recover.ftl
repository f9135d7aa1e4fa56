recover-heading = Reset your password
recover-not-here = You cannot reset a password on this page yet. Our support team does it for you.
recover-write = Write to them from the e-mail address of your Passport, and tell them that you forgot its password. Never send a password.
recover-support = Write to support
recover-back = Back to sign-in
