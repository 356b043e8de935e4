namespace OnnxPipeline.Pipeline.Store.Claims;

/// <summary>The numbered files of one claim's folder, and all that is ever done with them: a step each, which other processes may come between.</summary>
internal interface IClaimFiles
{
    /// <summary>The numbers there are, in no order.</summary>
    IReadOnlyList<int> List();

    /// <summary>Makes a file that was not there; false if it was. Others may see it empty before they see the text.</summary>
    bool TryCreate(int number, string text);

    /// <summary>A file's text; null if it is no longer there.</summary>
    string? Read(int number);

    /// <summary>Writes over a file if it is there; it never makes one.</summary>
    void Overwrite(int number, string text);

    /// <summary>Deletes a file if it is there.</summary>
    void Delete(int number);
}
