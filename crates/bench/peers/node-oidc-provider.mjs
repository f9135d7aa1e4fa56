// node-oidc-provider as its users run it: one process, everything in memory, RS256, opaque access tokens, argon2id of
// 19 MiB and two passes in its sign-in form. Settings come by the environment, from `crates/bench/src/server.rs`.
import http from "node:http";
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";
import { hash, verify } from "@node-rs/argon2";

const { PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, EMAIL, PASSWORD } = process.env;
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const stored = await hash(PASSWORD, { algorithm: 2, memoryCost: 19456, timeCost: 2, parallelism: 1 });

const provider = new Provider(`http://localhost:${PORT}`, {
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: "RS256" }] },
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uris: [REDIRECT_URI],
      grant_types: ["authorization_code", "refresh_token", "client_credentials"],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_basic",
      id_token_signed_response_alg: "RS256",
    },
  ],
  cookies: { keys: ["for measuring only"] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      defaultResource: () => undefined,
      getResourceServerInfo: () => ({
        scope: "api",
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: "RS256" } },
        accessTokenTTL: 3600,
      }),
    },
  },
  scopes: ["openid", "offline_access", "email", "profile", "api"],
  claims: { email: ["email", "email_verified"], profile: ["name"] },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: () => true,
  ttl: {
    AccessToken: 3600,
    AuthorizationCode: 60,
    ClientCredentials: 3600,
    IdToken: 3600,
    RefreshToken: 86400,
    Session: 86400,
    Grant: 86400,
    Interaction: 600,
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, email: EMAIL, email_verified: true, name: "Somebody" }),
  }),
  loadExistingGrant: async ({ oidc }) => {
    const id = oidc.session.grantIdFor(oidc.client.clientId);
    const known = id && (await oidc.provider.Grant.find(id));
    if (known) return known;
    const grant = new oidc.provider.Grant({
      clientId: oidc.client.clientId,
      accountId: oidc.session.accountId,
    });
    grant.addOIDCScope("openid email profile offline_access");
    await grant.save();
    return grant;
  },
});

const answer = provider.callback();

async function signIn(request, response) {
  if (request.method === "GET") {
    await provider.interactionDetails(request, response);
    response.setHeader("content-type", "text/html");
    response.end(
      `<form method=post action="${request.url}"><input name=email><input name=password type=password><button>Sign in</button></form>`,
    );
    return;
  }
  let body = "";
  for await (const piece of request) body += piece;
  const form = new URLSearchParams(body);
  if (form.get("email") !== EMAIL || !(await verify(stored, form.get("password") || ""))) {
    response.statusCode = 401;
    response.end("no");
    return;
  }
  const result = { login: { accountId: "somebody", remember: true } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

http
  .createServer((request, response) => {
    if (!request.url.startsWith("/interaction/")) return answer(request, response);
    return signIn(request, response).catch((error) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  })
  .listen(Number(PORT), "127.0.0.1");
