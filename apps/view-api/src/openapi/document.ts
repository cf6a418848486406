import type { AnyView, Catalog } from '@hybridge/views';
import { headers, parameters, problems, responses, schemas } from './components.ts';
import { pathsOf, schemasOf } from './view-paths.ts';
import type { Schema } from './value-schema.ts';

/** The OpenAPI 3.1 document of an installation, from its definitions: what views offer, attributes, types, who may. */
export const openApiOf = ({ views }: Pick<Catalog, 'views'>): Schema => ({
  openapi: '3.1.0',
  info: {
    title: 'Hybridge view-api',
    version: '1',
    description: 'Reads of the views of an installation and changes by customers.',
  },
  servers: [{ url: '/' }],
  paths: { ...descriptionPaths, ...Object.assign({}, ...views.map((view: AnyView) => pathsOf(view))) },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    schemas: { ...schemas, ...Object.assign({}, ...views.map((view: AnyView) => schemasOf(view))) },
    headers,
    parameters,
    responses,
  },
});

const descriptionPaths: Schema = {
  '/views': {
    get: {
      operationId: 'listViews',
      security: [{}, { token: [] }],
      responses: {
        200: {
          description: 'The views there are, their attributes and what may be changed.',
          content: { 'application/json': { schema: { type: 'object', required: ['views'] } } },
        },
        ...problems(),
      },
    },
  },
};
