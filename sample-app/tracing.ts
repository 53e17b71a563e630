import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

// Before the libraries that it instruments. From here on each request has a span, and `traceparent` goes on with what
// the application asks of others; the module puts `trace_id` and `span_id` on every record, with nothing to configure.
// A collector for the spans would be a span processor here. None is needed for the ids.
new NodeTracerProvider().register();
registerInstrumentations({ instrumentations: [new HttpInstrumentation()] });
