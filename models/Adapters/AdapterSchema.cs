namespace OnnxPipeline.Models.Adapters;

/// <summary>The tables of an adapter file: the places of their fields, in the schema's order.</summary>
internal static class AdapterSchema
{
    public const string Identifier = "TORT";
    public const int FormatVersion = 1;

    // table Adapter
    public const int FormatVersionField = 0;
    public const int AdapterVersionField = 1;
    public const int ModelVersionField = 2;
    public const int ParametersField = 3;
    public const int AdapterFields = 4;

    // table Parameter
    public const int NameField = 0;
    public const int DimsField = 1;
    public const int DataTypeField = 2;
    public const int RawDataField = 3;
    public const int ParameterFields = 4;

    /// <summary>The elements lie so that those of any type can be read where they are.</summary>
    public const int DataAlignment = 8;

    /// <summary>Where a table's index of fields tells where a field is, in bytes.</summary>
    public static short Entry(int field) => (short)(4 + 2 * field);
}
