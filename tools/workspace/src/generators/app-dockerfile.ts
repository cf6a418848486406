/** The Dockerfile every app has. */
import { names } from '@nx/devkit';

/** Options for Node over and above those of every app. The local stack starts apps with the same. */
const NODE_OPTIONS: Readonly<Record<string, string>> = {
  projector: ' --max-semi-space-size=8 --max-old-space-size=160',
};

/** Ports for others than operators. Nothing listens outside of the container unless it says so. */
const SERVED: Readonly<Record<string, { readonly env: string; readonly port: number }>> = {
  'view-api': { env: ' VIEW_API_HTTP_PORT=8000 VIEW_API_HTTP_HOST=0.0.0.0', port: 8000 },
};

/**
 * Built from the workspace root: `docker build -f apps/<name>/Dockerfile .`. The image holds one bundled file, runs as an
 * unprivileged user and asks the app's own `/health`.
 */
export function appDockerfile(name: string): string {
  const prefix = names(name).constantName;
  const served = SERVED[name];
  return `FROM node:24-slim AS build
WORKDIR /workspace
ENV CI=true NX_DAEMON=false NX_TUI=false
COPY . .
RUN npm ci --ignore-scripts && npx nx bundle ${name}

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production NODE_OPTIONS="--enable-source-maps${NODE_OPTIONS[name] ?? ''}" ${prefix}_PORT=8080 ${prefix}_HOST=0.0.0.0${served?.env ?? ''}
COPY --from=build --chown=node:node /workspace/apps/${name}/dist/bundle ./
USER node
EXPOSE ${[8080, served?.port].join(' ').trim()}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \\
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.${prefix}_PORT + '/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# node is not an init: run with --init (docker), init: true (compose) or initProcessEnabled (ECS).
CMD ["node", "main.mjs"]
`;
}
