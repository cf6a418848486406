export { type HybridgeAppOptions, createHybridgeApp } from './hybridge-app.ts';
export { type Template, type TemplateResource, type Templates, synthTemplates } from './synth-templates.ts';
