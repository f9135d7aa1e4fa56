export const version = 'oauth2 0.38.0, go-oidc 3.21.0'
export const install = {}
const MAIN = `package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

func main() {
	ctx := context.Background()
	verifier, config, err := passport(ctx)
	if err != nil {
		panic(err)
	}
	proof, state := oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	var token *oauth2.Token
	http.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, config.AuthCodeURL(state, oauth2.S256ChallengeOption(proof), oidc.Nonce(state)), 303)
	})
	http.HandleFunc("/callback", func(w http.ResponseWriter, r *http.Request) {
		got, err := config.Exchange(ctx, r.URL.Query().Get("code"), oauth2.VerifierOption(proof))
		if err != nil || r.URL.Query().Get("state") != state {
			http.Error(w, "refused", 400)
			return
		}
		raw, _ := got.Extra("id_token").(string)
		id, err := verifier.Verify(ctx, raw)
		if err != nil || id.Nonce != state {
			http.Error(w, "no ID token", 400)
			return
		}
		var person map[string]any
		_ = id.Claims(&person)
		token = got
		_ = json.NewEncoder(w).Encode(person)
	})
	http.HandleFunc("/renew", func(w http.ResponseWriter, r *http.Request) {
		got, err := config.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
		_ = json.NewEncoder(w).Encode(map[string]any{"renewed": err == nil && got.RefreshToken != ""})
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {})
	panic(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
`
export async function drive(site) {
  site.paste('passport.go')
  site.write('main.go', MAIN)
  site.write('go.mod', 'module site\n\ngo 1.24\n\nrequire (\n\tgithub.com/coreos/go-oidc/v3 v3.21.0\n\tgolang.org/x/oauth2 v0.38.0\n)\n')
  site.runs('go', 'mod', 'tidy')
  site.runs('go', 'build', '-o', 'site', '.')
  await site.start('./site', [])
  await site.signsIn('/login')
  await site.seesAtSite('refresh', /"renewed": ?true/, '/renew')
}
