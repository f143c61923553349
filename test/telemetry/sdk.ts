import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
} from "@opentelemetry/sdk-trace";
import { onTestFinished } from "vitest";
import { instrument, type InstrumentOptions } from "../../src/otel/index.ts";

/** The SDK as an application sets it up, with hardcall in it, for one test. */
export function instrumented(options: InstrumentOptions = {}) {
  const spans = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  const stop = instrument({ meter: meters.getMeter("test"), ...options });
  onTestFinished(async () => {
    stop();
    trace.disable();
    context.disable();
    propagation.disable();
    await meters.shutdown();
  });
  return {
    spans: (): ReadableSpan[] => spans.getFinishedSpans(),
    span: (name: string): ReadableSpan => {
      const found = spans.getFinishedSpans().find((span) => span.name === name);
      if (found === undefined) throw new Error(`there is no span ${name}`);
      return found;
    },
    metrics: async () => {
      await reader.forceFlush();
      const all =
        exporter
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
      return Object.fromEntries(all.map((metric) => [metric.descriptor.name, metric]));
    },
  };
}
