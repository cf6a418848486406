/** Writes the description as `docker-compose.yml`. */
import { stringify } from 'yaml';
import { composeServices } from './services.ts';

export const composeProject = 'hybridge';

const header = `# Generated from tools/local-stack/src/description.ts; a test compares the two. To regenerate:
#   node --conditions=@hybridge/source tools/local-stack/src/main.ts compose
# Passwords are those of a stack that holds nothing of value; every port is published on loopback only.
`;

export function renderCompose(): string {
  const file = { name: composeProject, services: composeServices() };
  return header + stringify(file, { lineWidth: 0, aliasDuplicateObjects: false, singleQuote: true });
}
