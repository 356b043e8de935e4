using System.Text.Json.Serialization;

namespace OnnxPipeline.Models.Metadata;

/// <summary>How a text file's characters are stored.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TextEncoding>))]
public enum TextEncoding
{
    /// <summary>UTF-8; a byte order mark of UTF-16 or UTF-32 is honoured too.</summary>
    Utf8,

    /// <summary>ISO 8859-1, one byte a character.</summary>
    Latin1,

    /// <summary>UTF-16, little-endian.</summary>
    Utf16,
}
