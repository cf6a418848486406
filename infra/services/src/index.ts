export { type HybridgeAppOptions, createHybridgeApp, sourcesOf } from './hybridge-app.ts';
export { type Template, type TemplateResource, type Templates, synthTemplates } from './synth-templates.ts';
