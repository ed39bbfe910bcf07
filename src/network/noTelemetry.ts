/**
 * Turns off the telemetry of ONNX Runtime, whose library for Linux reports to its makers when it is loaded (since 1.30). The
 * variable must be set in the main thread, because worker threads have only a copy of the environment.
 */
process.env.ORT_DISABLE_TELEMETRY ??= '1';
