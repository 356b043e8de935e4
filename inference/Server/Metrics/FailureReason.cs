namespace OnnxPipeline.Inference.Server.Metrics;

/// <summary>Why a request to a model failed. Source: the values of Triton's label "reason".</summary>
internal enum FailureReason
{
    /// <summary>The queue was full, or the request waited too long in it.</summary>
    Rejected,

    /// <summary>The client went away.</summary>
    Canceled,

    /// <summary>The model could not be run.</summary>
    Backend,

    /// <summary>The request was malformed.</summary>
    Other,
}
