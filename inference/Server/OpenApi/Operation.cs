using System.Text.Json.Nodes;

namespace OnnxPipeline.Inference.Server.OpenApi;

/// <summary>What a client can ask of the server.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">The address, as it is mapped.</param>
/// <param name="Id">A name that programs made from the document call it by.</param>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Answers">What it answers where it succeeds, by status.</param>
internal sealed record Operation(HttpMethod Method, string Path, string Id, string Summary, params IReadOnlyList<Answer> Answers)
{
    /// <summary>What it takes, by content type; empty for nothing.</summary>
    public IReadOnlyList<Content> Bodies { get; init; } = [];

    /// <summary>Whether it can be asked without a body all the same.</summary>
    public bool BodyOptional { get; init; }

    /// <summary>Parameters after the question mark, none of which must be given, and what they are.</summary>
    public IReadOnlyList<(string Name, string Description)> Query { get; init; } = [];

    /// <summary>Parameters in the headers, none of which must be given.</summary>
    public IReadOnlyList<(string Name, string Description)> Headers { get; init; } = [];

    /// <summary>Statuses of errors beside those that all operations have.</summary>
    public IReadOnlyList<int> Errors { get; init; } = [];

    /// <summary>Whether it is open to those who have no key.</summary>
    public bool Open { get; init; }
}

/// <summary>An answer that is no error.</summary>
internal sealed record Answer(int Status, string Description, params IReadOnlyList<Content> Contents);

/// <summary>A body: its content type, the name of its schema, and examples for the models that have one.</summary>
internal sealed record Content(string Type, string Schema, Func<ModelExamples, IEnumerable<(string Model, JsonNode Value)>>? Examples = null);
