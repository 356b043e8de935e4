namespace OnnxPipeline.Datasets.Splits;

/// <summary>Which part of the dataset a row belongs to.</summary>
internal enum RowPart
{
    Train,
    Validation,
    Test,
}
