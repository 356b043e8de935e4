using System.Text;

namespace OnnxPipeline.Inference.Server.Models.Configuration;

/// <summary>Reads protobuf's text format. Source: https://protobuf.dev/reference/protobuf/textformat-spec/.</summary>
internal ref struct TextMessageReader
{
    private const int Deepest = 100;

    private readonly ReadOnlySpan<char> _text;
    private int _at;
    private int _line = 1;
    private int _depth;

    private TextMessageReader(ReadOnlySpan<char> text) => _text = text;

    /// <exception cref="FormatException">It is not of that format; the message says in which line.</exception>
    public static TextMessage Read(ReadOnlySpan<char> text)
    {
        var reader = new TextMessageReader(text);
        return reader.ReadMessage(end: '\0');
    }

    /// <summary>Fields up to the bracket that closes them, or the end of the text.</summary>
    private TextMessage ReadMessage(char end)
    {
        var line = _line;
        if (++_depth > Deepest) throw Unexpected($"no more than {Deepest} messages inside each other");
        var fields = new List<TextField>();
        while (Next() != end)
        {
            if (_at == _text.Length) throw Unexpected($"'{end}' to close the message of line {line}");
            ReadField(fields);
            if (Next() is ',' or ';') _at++;
        }
        if (end != '\0') _at++;
        _depth--;
        return new TextMessage(line, fields);
    }

    private void ReadField(List<TextField> fields)
    {
        var name = Next() == '[' ? ReadExtension() : ReadWord("a field's name");
        var colon = Next() == ':';
        if (colon) _at++;
        if (Next() != '[')
        {
            fields.Add(ReadValue(name, colon));
            return;
        }
        _at++;
        while (Next() != ']')
        {
            fields.Add(ReadValue(name, colon));
            if (Next() == ',') _at++;
            else if (Next() != ']') throw Unexpected($"',' or ']' in the list '{name}'");
        }
        _at++;
    }

    private TextField ReadValue(string name, bool colon)
    {
        var line = _line;
        switch (Next())
        {
            case '{':
                _at++;
                return new TextField(name, line, null, ReadMessage('}'));
            case '<':
                _at++;
                return new TextField(name, line, null, ReadMessage('>'));
            case var _ when !colon:
                throw Unexpected($"':' or a message behind '{name}'");
            case '"' or '\'':
                var text = new StringBuilder();
                // Texts that follow each other are one.
                while (Next() is '"' or '\'') ReadText(text);
                return new TextField(name, line, text.ToString(), null);
            default:
                return new TextField(name, line, ReadWord($"the value of '{name}'"), null);
        }
    }

    private void ReadText(StringBuilder text)
    {
        var quote = _text[_at++];
        while (_at < _text.Length && _text[_at] is not '\n' && _text[_at] != quote)
        {
            // What is escaped matters to nothing that is read of a configuration, but where the text ends does.
            if (_text[_at] == '\\' && _at + 1 < _text.Length) text.Append(_text[_at++]);
            text.Append(_text[_at++]);
        }
        if (_at == _text.Length || _text[_at] == '\n') throw Unexpected($"{quote} at the end of a text");
        _at++;
    }

    /// <summary>A name, a number, or one of an enumeration.</summary>
    private string ReadWord(string expected)
    {
        Next();
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.' or '+' or '-')) _at++;
        return _at > start ? _text[start.._at].ToString() : throw Unexpected(expected);
    }

    private string ReadExtension()
    {
        var end = _text[_at..].IndexOf(']');
        if (end < 0) throw Unexpected("']' behind an extension's name");
        _at += end + 1;
        return _text[(_at - end - 1).._at].ToString();
    }

    /// <summary>Skips blanks and comments; gives the character there, or '\0' at the end.</summary>
    private char Next()
    {
        for (; _at < _text.Length; _at++)
        {
            if (_text[_at] == '#')
            {
                var end = _text[_at..].IndexOf('\n');
                _at = end < 0 ? _text.Length : _at + end;
                if (end < 0) break;
            }
            if (_text[_at] == '\n') _line++;
            else if (!char.IsWhiteSpace(_text[_at])) return _text[_at];
        }
        return '\0';
    }

    private readonly FormatException Unexpected(string expected) =>
        new($"line {_line}: expected {expected}, but found {(_at < _text.Length ? $"'{_text[_at]}'" : "the end")}.");
}
