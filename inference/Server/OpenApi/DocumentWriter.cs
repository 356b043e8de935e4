using System.Globalization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OnnxPipeline.Inference.Server.Models;

namespace OnnxPipeline.Inference.Server.OpenApi;

/// <summary>Writes the operations, their errors and the key, where one is asked for, into the document.</summary>
internal sealed class DocumentWriter(ServedModels models, ServerOptions options) : IOpenApiDocumentTransformer
{
    private const string KeyScheme = "key";
    private const string Json = "application/json";

    private static readonly Dictionary<int, string> Reasons = new()
    {
        [400] = "The request is malformed, or not what the model takes.",
        [401] = "The key is missing or wrong.",
        [403] = "The server does not do this for clients, or the request comes from another site's page.",
        [404] = "There is no such model or version.",
        [409] = "The file is not the one that is served just now.",
        [413] = "The body, or a tensor, is larger than the server takes.",
        [415] = "The body is of a type, or compressed in a way, that is not taken here.",
        [429] = "Too many requests come from this address; Retry-After says when to ask again.",
        [500] = "The server failed; its log says why.",
        [503] = "The model is not ready, or too many requests wait for it; Retry-After may say when to ask again.",
    };

    public async Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = ServerApp.Name, Version = ServerApp.Version, Description = "Serves ONNX models: the Open Inference Protocol (KServe V2) with Triton's extensions below /v2, images and rows of tables at /predict." };
        document.Servers = [new OpenApiServer { Url = "/" }];
        await Schemas.AddAsync(document, context, cancellationToken);
        if (options.ApiKey is not null) document.AddComponent(KeyScheme, new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = Http.ApiKey.Header, Description = "Or as bearer token, or as the password of any user." });
        var examples = new ModelExamples(models);
        foreach (var operation in Operations.All)
        {
            if (!document.Paths.TryGetValue(operation.Path, out var path)) document.Paths.Add(operation.Path, path = new OpenApiPathItem());
            ((OpenApiPathItem)path).AddOperation(operation.Method, Describe(operation, document, examples));
        }
    }

    private OpenApiOperation Describe(Operation operation, OpenApiDocument document, ModelExamples examples)
    {
        var described = new OpenApiOperation { OperationId = operation.Id, Summary = operation.Summary, Parameters = [.. ParametersOf(operation)], Responses = [] };
        if (operation.Bodies.Count > 0) described.RequestBody = new OpenApiRequestBody { Required = !operation.BodyOptional, Content = ContentsOf(operation.Bodies, document, examples) };
        foreach (var answer in operation.Answers) described.Responses.Add(Text(answer.Status), new OpenApiResponse { Description = answer.Description, Content = ContentsOf(answer.Contents, document, examples) });
        foreach (var status in ErrorsOf(operation)) described.Responses.TryAdd(Text(status), new OpenApiResponse { Description = Reasons[status], Content = ContentsOf([new Content(Json, SchemaNames.Error)], document, examples) });
        if (options.ApiKey is not null && !operation.Open) described.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
        return described;
    }

    private IEnumerable<int> ErrorsOf(Operation operation)
    {
        IEnumerable<int> errors = [.. operation.Errors, 500];
        if (operation.Bodies.Count > 0 || operation.Path.Contains("{version}", StringComparison.Ordinal) || operation.Query.Count > 0) errors = [400, .. errors];
        if (options.ApiKey is not null && !operation.Open) errors = [401, .. errors];
        // Pages of other sites are refused everywhere.
        errors = [403, .. errors];
        if (options.RateLimit > 0) errors = [429, .. errors];
        if (operation.Path.Contains("{model}", StringComparison.Ordinal) || operation.Query.Count > 0) errors = [503, .. errors];
        return errors.Distinct().Order();
    }

    private static IEnumerable<IOpenApiParameter> ParametersOf(Operation operation)
    {
        var text = new OpenApiSchema { Type = JsonSchemaType.String };
        var number = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" };
        if (operation.Path.Contains("{model}", StringComparison.Ordinal)) yield return new OpenApiParameter { Name = "model", In = ParameterLocation.Path, Required = true, Description = "The model.", Schema = text };
        if (operation.Path.Contains("{version}", StringComparison.Ordinal)) yield return new OpenApiParameter { Name = "version", In = ParameterLocation.Path, Required = true, Description = "Its version.", Schema = number };
        if (operation.Path.Contains("{file}", StringComparison.Ordinal)) yield return new OpenApiParameter { Name = "file", In = ParameterLocation.Path, Required = true, Description = "Its name; the bundle's manifest.json lists them.", Schema = text };
        foreach (var (name, description) in operation.Query) yield return new OpenApiParameter { Name = name, In = ParameterLocation.Query, Description = description, Schema = name == "version" ? number : text };
        foreach (var (name, description) in operation.Headers) yield return new OpenApiParameter { Name = name, In = ParameterLocation.Header, Description = description, Schema = number };
    }

    private static Dictionary<string, OpenApiMediaType> ContentsOf(IReadOnlyList<Content> contents, OpenApiDocument document, ModelExamples examples) => contents.ToDictionary(content => content.Type, content => new OpenApiMediaType
    {
        Schema = new OpenApiSchemaReference(content.Schema, document),
        Examples = content.Examples?.Invoke(examples).ToDictionary(example => example.Model, example => (IOpenApiExample)new OpenApiExample { Value = example.Value }),
    });

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
