// Apache as Debian ships it, with a configuration of ours and nothing of the system's: one site ends TLS in front of
// Countersign, the other protects a page by mod_auth_openidc.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { secret } from "./clients.mjs";
import { attended } from "./programs.mjs";

const APACHE = "/usr/sbin/apache2";
const MODULES = "/usr/lib/apache2/modules";

const LOADED = [
  "mpm_event", "authn_core", "authz_core", "authz_user", "mime", "include", "headers", "socache_shmcb", "ssl", "proxy",
  "proxy_http", "auth_openidc",
];

/** Starts it in `dir`. Of the ports `plain` is Countersign's, `secure` stands in front of it, `open` has the pages. */
export async function startApache(dir, { plain, secure, open, tls, issuer, client }) {
  for (const file of [APACHE, path.join(MODULES, "mod_auth_openidc.so")]) {
    if (!existsSync(file)) {
      throw new Error(`${file} is not there. Install Debian's packages apache2-bin and libapache2-mod-auth-openidc.`);
    }
  }
  const own = path.join(dir, "apache");
  await mkdir(path.join(own, "pages", "protected"), { recursive: true });
  await pages(path.join(own, "pages"));
  const file = path.join(own, "apache.conf");
  const text = [general(own), front(tls, plain, secure), site(own, { open, tls, issuer, client })].join("\n");
  await writeFile(file, text, { mode: 0o600 });
  const child = spawn(APACHE, ["-f", file, "-DFOREGROUND"], { stdio: ["ignore", "ignore", "pipe"] });
  return attended(child, "Apache");
}

async function pages(folder) {
  const head = `<!doctype html>\n<title>Judges</title>\n<link rel="icon" href="data:,">`;
  const page = (name, body) => writeFile(path.join(folder, name), `${head}\n${body}\n`, { mode: 0o644 });
  await page("index.html", "<h1>Open to all</h1>");
  await page("goodbye.html", "<h1>Goodbye</h1>");
  const shown = ["REMOTE_USER", "OIDC_CLAIM_sub", "OIDC_CLAIM_acr", "OIDC_CLAIM_iss"];
  const rows = shown.map((name) => `<dt>${name}</dt><dd id="${name}"><!--#echo var="${name}" --></dd>`);
  await page("protected/index.html", `<h1>Protected</h1>\n<dl>\n${rows.join("\n")}\n</dl>`);
}

function general(own) {
  // Started by root it works as another user; started by anyone else it stays who it is.
  const user = process.getuid() === 0 ? "User www-data\nGroup www-data" : "";
  return `
ServerRoot "${own}"
ServerName localhost
DefaultRuntimeDir "${own}"
PidFile "${own}/apache.pid"
ErrorLog "${own}/error.log"
LogLevel warn
${LOADED.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join("\n")}
${user}
StartServers 1
TypesConfig /dev/null
AddType text/html .html
AddOutputFilter INCLUDES .html
<Directory "/">
  Require all denied
</Directory>
`;
}

function front({ file, key }, plain, secure) {
  return `
Listen 127.0.0.1:${secure}
<VirtualHost 127.0.0.1:${secure}>
  SSLEngine on
  SSLCertificateFile "${file}"
  SSLCertificateKeyFile "${key}"
  ProxyPreserveHost On
  ProxyPass "/" "http://127.0.0.1:${plain}/" disablereuse=On flushpackets=On
</VirtualHost>
`;
}

function site(own, { open, tls, issuer, client }) {
  return `
Listen 127.0.0.1:${open}
<VirtualHost 127.0.0.1:${open}>
  DocumentRoot "${own}/pages"
  <Directory "${own}/pages">
    Options +Includes
    Require all granted
  </Directory>
  OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
  OIDCCABundlePath "${tls.file}"
  OIDCClientID ${client.id}
  OIDCClientSecret ${client.secret}
  OIDCProviderTokenEndpointAuth client_secret_basic
  OIDCPKCEMethod S256
  OIDCScope "openid profile"
  OIDCRedirectURI ${client.oauth.redirect_uris[0]}
  OIDCCryptoPassphrase ${secret()}
  OIDCRemoteUserClaim preferred_username
  <Location "/protected">
    AuthType openid-connect
    Require valid-user
  </Location>
</VirtualHost>
`;
}
