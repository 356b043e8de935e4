using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Metrics;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.Tracing;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference.Server.Endpoints;

/// <summary>A request to a model: timed, counted, and its failures told apart.</summary>
internal static class ModelCall
{
    /// <param name="context">The request.</param>
    /// <param name="model">The model that it is for.</param>
    /// <param name="answer">Answers it, and says for how many samples.</param>
    public static async Task RunAsync(HttpContext context, ServedModel model, Func<Task<int>> answer)
    {
        WorkSpans.Name(model);
        var start = Stopwatch.GetTimestamp();
        try
        {
            model.Statistics.Succeeded(await answer(), Stopwatch.GetElapsedTime(start));
        }
        catch (Exception exception)
        {
            model.Statistics.Failed(ReasonOf(exception, context), Stopwatch.GetElapsedTime(start));
            if (WhyBad(exception, model.Name) is { } why) throw RequestException.BadRequest(why);
            throw;
        }
    }

    /// <summary>What is wrong with a request whose run has failed so; null where the request is not to blame.</summary>
    private static string? WhyBad(Exception exception, string model) => exception switch
    {
        ImageException => $"The image cannot be used by model '{model}': {exception.Message}",
        RowException => exception.Message,
        // Names, types and known sizes have been checked, so what is left is inputs that the graph itself refuses.
        OnnxRuntimeException => $"Model '{model}' cannot be run on these inputs: {exception.Message}",
        _ => null,
    };

    private static FailureReason ReasonOf(Exception exception, HttpContext context) => exception switch
    {
        RequestException { Status: StatusCodes.Status503ServiceUnavailable } => FailureReason.Rejected,
        OperationCanceledException when context.RequestAborted.IsCancellationRequested => FailureReason.Canceled,
        OnnxRuntimeException or ModelException => FailureReason.Backend,
        _ => FailureReason.Other,
    };
}
