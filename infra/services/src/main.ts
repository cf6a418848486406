/** The CDK app: `cdk synth`, `cdk diff` and `cdk deploy` in this folder run it. */
import { createHybridgeApp } from './hybridge-app.ts';

createHybridgeApp().synth();
