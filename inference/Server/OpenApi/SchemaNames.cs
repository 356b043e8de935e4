namespace OnnxPipeline.Inference.Server.OpenApi;

/// <summary>Names of the document's schemas.</summary>
internal static class SchemaNames
{
    public const string Error = "Error";
    public const string Live = "Live";
    public const string Ready = "Ready";
    public const string Server = "ServerMetadata";
    public const string Metadata = "ModelMetadata";
    public const string Config = "ModelConfig";
    public const string Statistics = "Statistics";
    public const string Card = "ModelCard";
    public const string Index = "Index";
    public const string IndexRequest = "IndexRequest";
    public const string ControlRequest = "ControlRequest";
    public const string Prediction = "Prediction";
    public const string Answer = "Answer";
    public const string Answers = "Answers";
    public const string Input = "Input";
    public const string Rows = "Rows";
    public const string Row = "Row";
    public const string Csv = "Csv";
    public const string Form = "ImageForm";
    public const string Binary = "Binary";
    public const string Text = "Text";
    public const string InferRequest = "InferenceRequest";
    public const string InferResponse = "InferenceResponse";
    public const string Tensor = "Tensor";
    public const string RequestedOutput = "RequestedOutput";
    public const string Parameters = "Parameters";
    public const string DataType = "DataType";
    public const string Shape = "Shape";
    public const string TensorData = "TensorData";
}
