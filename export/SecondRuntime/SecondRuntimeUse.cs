namespace OnnxPipeline.Export.SecondRuntime;

/// <summary>Whether an export is verified in a second runtime.</summary>
public enum SecondRuntimeUse
{
    /// <summary>Where it is there; else the report says why not.</summary>
    Auto,

    /// <summary>It must be there.</summary>
    True,

    /// <summary>Not.</summary>
    False,
}
