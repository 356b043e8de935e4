using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Protocol;
using Name = OnnxPipeline.Inference.Server.OpenApi.SchemaNames;

namespace OnnxPipeline.Inference.Server.OpenApi;

/// <summary>The document's schemas: of responses as their records have them, of tensors and rows, which are read from JSON by hand, as the protocol has them.</summary>
internal static class Schemas
{
    private static readonly (string Name, Type Type)[] Records =
    [
        (Name.Error, typeof(ErrorResponse)), (Name.Live, typeof(LiveResponse)), (Name.Ready, typeof(ReadyResponse)), (Name.Server, typeof(ServerMetadata)), (Name.Metadata, typeof(ModelMetadata)),
        (Name.Config, typeof(ModelConfig)), (Name.Statistics, typeof(StatisticsResponse)), (Name.Card, typeof(CardResponse)), (Name.Index, typeof(IReadOnlyList<IndexEntry>)),
        (Name.Answer, typeof(PredictResponse)), (Name.Answers, typeof(RowsResponse)), (Name.Input, typeof(InputResponse)),
    ];

    public static async Task AddAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        foreach (var (name, type) in Records) document.AddComponent(name, await context.GetOrCreateSchemaAsync(type, cancellationToken: cancellation));
        IOpenApiSchema Of(string name) => new OpenApiSchemaReference(name, document);
        OpenApiSchema ListOf(string name) => new() { Type = JsonSchemaType.Array, Items = Of(name) };

        document.AddComponent(Name.Prediction, new OpenApiSchema { OneOf = [Of(Name.Answer), Of(Name.Answers)] });
        document.AddComponent(Name.Binary, new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" });
        document.AddComponent(Name.Text, new OpenApiSchema { Type = JsonSchemaType.String });
        document.AddComponent(Name.Csv, new OpenApiSchema { Type = JsonSchemaType.String, Description = "Rows of the table, the columns' names first." });
        document.AddComponent(Name.Form, Object("A form whose first file is the image, under any name.", ("image", Of(Name.Binary))));
        document.AddComponent(Name.Row, new OpenApiSchema { Type = JsonSchemaType.Object, Description = "A value for every column; null is a missing value.", AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Number | JsonSchemaType.Boolean | JsonSchemaType.Null } });
        document.AddComponent(Name.Rows, new OpenApiSchema { OneOf = [Object("Several rows.", ("rows", ListOf(Name.Row))), Of(Name.Row)] });
        document.AddComponent(Name.IndexRequest, Object("Which models to list.", required: 0, ("ready", new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "Whether to list only those that are ready." })));
        document.AddComponent(Name.ControlRequest, Object("Nothing but what Triton's clients send.", required: 0, ("parameters", Object("unload_dependents is taken, and means nothing here.", required: 0, ("unload_dependents", new OpenApiSchema { Type = JsonSchemaType.Boolean })))));

        document.AddComponent(Name.DataType, new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. DataTypes.All.Select(name => (JsonNode)name)] });
        document.AddComponent(Name.Shape, new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" } });
        document.AddComponent(Name.TensorData, new OpenApiSchema { Type = JsonSchemaType.Array, Description = "Elements in row-major order, as one list or as lists within lists.", Items = new OpenApiSchema() });
        document.AddComponent(Name.Parameters, new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "Extensions: binary_data_size of an input, binary_data and classification of an output, binary_data_output, timeout (microseconds) and adapter (the name of one of the model's) of a request.",
            AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Number | JsonSchemaType.Boolean },
        });
        document.AddComponent(Name.Tensor, Object("A tensor: its elements are in data, or follow the JSON where its parameters have a binary_data_size.", required: 3,
            ("name", Of(Name.Text)), ("shape", Of(Name.Shape)), ("datatype", Of(Name.DataType)), ("parameters", Of(Name.Parameters)), ("data", Of(Name.TensorData))));
        document.AddComponent(Name.RequestedOutput, Object("An output that is wanted.", required: 1, ("name", Of(Name.Text)), ("parameters", Of(Name.Parameters))));
        document.AddComponent(Name.InferRequest, Object("A tensor for each input; all outputs are given where none is asked for.", required: 1,
            ("inputs", ListOf(Name.Tensor)), ("id", Of(Name.Text)), ("outputs", ListOf(Name.RequestedOutput)), ("parameters", Of(Name.Parameters))));
        document.AddComponent(Name.InferResponse, Object("The outputs, in the order asked for.", required: 3,
            ("model_name", Of(Name.Text)), ("model_version", Of(Name.Text)), ("outputs", ListOf(Name.Tensor)), ("id", Of(Name.Text))));
    }

    /// <summary>What is null is left out of responses, so that it need not be there, and is never null.</summary>
    public static Task LeaveOutNulls(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        foreach (var property in context.JsonTypeInfo.Properties.Where(p => p.IsGetNullable || Nullable.GetUnderlyingType(p.PropertyType) is not null))
        {
            schema.Required?.Remove(property.Name);
            if (schema.Properties?[property.Name] is OpenApiSchema { Type: { } type } own) own.Type = type & ~JsonSchemaType.Null;
        }
        return Task.CompletedTask;
    }

    private static OpenApiSchema Object(string description, params (string Name, IOpenApiSchema Schema)[] properties) => Object(description, properties.Length, properties);

    /// <summary>An object of which the first properties must be there.</summary>
    private static OpenApiSchema Object(string description, int required, params (string Name, IOpenApiSchema Schema)[] properties) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        Properties = properties.ToDictionary(p => p.Name, p => p.Schema),
        Required = properties.Take(required).Select(p => p.Name).ToHashSet(),
    };
}
