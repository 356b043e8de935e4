using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OnnxPipeline.Inference.Server.Metrics;
using OnnxPipeline.Inference.Server.Models;

namespace OnnxPipeline.Inference.Server.Endpoints;

/// <summary>GET /metrics, for Prometheus.</summary>
internal static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var models = app.ServiceProvider.GetRequiredService<ServedModels>();
        app.MapGet("/metrics", context =>
        {
            var text = Encoding.UTF8.GetBytes(Describe(models.All));
            context.Response.ContentType = PrometheusText.ContentType;
            context.Response.ContentLength = text.Length;
            return context.Response.Body.WriteAsync(text, context.RequestAborted).AsTask();
        });
    }

    private static string Describe(IReadOnlyList<ServedVersion> versions)
    {
        var text = new PrometheusText();
        Counter("nv_inference_request_success", "Requests that were answered.", now => now.Success.Count);
        text.Add("nv_inference_request_failure", "counter", "Requests that were not answered, by reason.",
            versions.SelectMany(v => Enum.GetValues<FailureReason>().Select(reason => ($"{LabelsOf(v)},reason=\"{reason.ToString().ToUpperInvariant()}\"", (double)v.Statistics.Read(now => now.Failures(reason))))));
        Counter("nv_inference_count", "Samples that were answered.", now => now.Inferences);
        Counter("nv_inference_exec_count", "Runs of the model, each of one batch.", now => now.Infer.Count);
        Counter("nv_inference_request_duration_us", "Time of all answered requests, in microseconds.", now => now.Success.Total.TotalMicroseconds);
        Counter("nv_inference_queue_duration_us", "Time that requests waited for their run, in microseconds.", now => now.Queue.Total.TotalMicroseconds);
        Counter("nv_inference_compute_input_duration_us", "Time of joining inputs, in microseconds.", now => now.Input.Total.TotalMicroseconds);
        Counter("nv_inference_compute_infer_duration_us", "Time of the runs, in microseconds.", now => now.Infer.Total.TotalMicroseconds);
        Counter("nv_inference_compute_output_duration_us", "Time of splitting outputs, in microseconds.", now => now.Output.Total.TotalMicroseconds);
        text.Add("nv_inference_pending_request_count", "gauge", "Requests that wait for their run.", versions.Select(v => (LabelsOf(v), (double)v.Waiting)));
        text.Add("nv_model_ready", "gauge", "1 where the model is loaded.", versions.Select(v => (LabelsOf(v), v.State == ModelState.Ready ? 1.0 : 0)));
        Distribution("inference_request_duration_seconds", "Time of an answered request.", now => now.Requests);
        Distribution("inference_queue_duration_seconds", "Time that a request waited for its run.", now => now.Waits);
        Distribution("inference_compute_duration_seconds", "Time of a run.", now => now.Runs);
        Distribution("inference_batch_size", "Samples of a run.", now => now.BatchSizes);
        return text.ToString();

        void Counter(string name, string help, Func<ModelStatistics.Snapshot, double> read) => text.Add(name, "counter", help, versions.Select(v => (LabelsOf(v), v.Statistics.Read(read))));

        void Distribution(string name, string help, Func<ModelStatistics.Snapshot, Histogram> read) => text.Add(name, help, versions.Select(v => (LabelsOf(v), v.Statistics.Read(now => read(now).Copy()))));
    }

    /// <summary>Names of models need no escapes.</summary>
    private static string LabelsOf(ServedVersion version) => $"model=\"{version.Source.Name}\",version=\"{version.Source.Version}\"";
}
