// The OpenID provider that nobody here wrote, on a port of this computer: a public client and one with a secret, codes with
// PKCE, device codes, rotation, revocation and logout. Whoever types a name is logged in by it.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modules, port] = process.argv.slice(2);
const found = createRequire(`${modules}/`).resolve('oidc-provider');
const { default: Provider } = await import(pathToFileURL(found).href);

const client = (client_id, more) => ({
  client_id,
  application_type: 'native',
  grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  response_types: ['code'],
  redirect_uris: ['http://127.0.0.1/oauth/callback'],
  ...more,
});

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    client('keyfob', { token_endpoint_auth_method: 'none' }),
    client('confidential', { client_secret: 's3cret with / and :', token_endpoint_auth_method: 'client_secret_basic' }),
  ],
  claims: { openid: ['sub'], email: ['email'] },
  features: { deviceFlow: { enabled: true }, revocation: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  rotateRefreshToken: true,
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@acme.test` }) }),
  cookies: { keys: ['only for tests'] },
});
provider.listen(Number(port), '127.0.0.1');
