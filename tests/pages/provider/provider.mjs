// A certified OpenID Connect provider, run by the tests: node provider.mjs PORT REDIRECT_URI AFTER_SIGNING_OUT.
// Instead of a form for a password, `POST /_next` says who the next person at the browser is, as claims.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [port, redirectUri, afterSigningOut] = process.argv.slice(2);
const people = new Map();
let next = null;

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: "seo",
    client_secret: "test-secret-of-the-client",
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [afterSigningOut],
  }],
  claims: { openid: ["sub", "roles", "organisation", "name", "email", "email_verified"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ["test"] },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = `<!doctype html><title>Выход</title>${form}<button form="op.logoutForm" name="logout" value="yes">Да</button>`;
      },
    },
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...people.get(id), sub: id }) }),
});

async function interact(request, response) {
  const { prompt, params } = await provider.interactionDetails(request, response);
  if (next === null) {
    return provider.interactionFinished(request, response, { error: "access_denied" });
  }
  const result = {};
  if (prompt.name === "login") {
    result.login = { accountId: next, remember: false };
  } else {
    const grant = new provider.Grant({ accountId: next, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    result.consent = { grantId: await grant.save() };
  }
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

async function choose(request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const claims = JSON.parse(Buffer.concat(parts).toString());
  next = claims && claims.sub;
  if (claims) people.set(next, claims);
  response.end();
}

const callback = provider.callback();
createServer((request, response) => {
  if (request.url === "/_next") return choose(request, response);
  if (request.url.startsWith("/interaction/")) return interact(request, response);
  return callback(request, response);
}).listen(Number(port), "127.0.0.1", () => console.log("READY"));
