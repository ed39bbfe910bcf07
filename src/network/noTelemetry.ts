/**
 * Switches off the telemetry of ONNX Runtime: since 1.30 its library for Linux reports to its makers when it is loaded. The
 * variable has to be set in the main thread, because worker threads have only a copy of the environment.
 */
process.env.ORT_DISABLE_TELEMETRY ??= '1';
