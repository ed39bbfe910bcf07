/** ONNX Runtime, loaded without its telemetry. */
import './noTelemetry.js';

export * from 'onnxruntime-node';
