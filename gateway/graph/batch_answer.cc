#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/graph/batch.h"
#include "gateway/graph/batch_part.h"
#include "gateway/graph/json_text.h"

namespace kerros::graph {
namespace {

// The octets of a body that can stand in the answer as they are.
std::optional<std::string_view> as_json(const BatchAnswer& answer) {
  const auto type = answer.head.fields.find("Content-Type");
  if (!type || !is_json_type(*type)) return std::nullopt;
  const auto text = JsonText::parse(answer.body);
  if (!text) return std::nullopt;
  return text->raw(text->root());  // without blanks and byte order mark around it
}

void append_headers(std::string& out, const Fields& fields) {
  std::vector<std::pair<std::string_view, std::string>> lines;
  for (const auto& [name, value] : fields.lines()) {
    if (is_of_connection(name)) continue;
    const auto same =
        std::ranges::find_if(lines, [&](const auto& line) { return same_name(line.first, name); });
    if (same == lines.end())
      lines.emplace_back(name, value);
    else
      same->second.append(", ").append(value);  // RFC 9110 5.3
  }
  out.append("{");
  for (const auto& [name, value] : lines) {
    if (out.back() != '{') out.push_back(',');
    out.append(to_json_string(name)).append(":").append(to_json_string(value));
  }
  out.append("}");
}

}  // namespace

std::string write_batch_answer(std::span<const BatchAnswer> answers) {
  std::string out = R"({"responses":[)";
  for (const BatchAnswer& answer : answers) {
    if (out.back() != '[') out.push_back(',');
    out.append(R"({"id":)").append(answer.id).append(R"(,"status":)");
    out.append(std::to_string(answer.head.status)).append(R"(,"headers":)");
    append_headers(out, answer.head.fields);
    if (!answer.body.empty()) {
      out.append(R"(,"body":)");
      if (const auto json = as_json(answer))
        out.append(*json);
      else
        out.append("\"" + to_base64(as_bytes(answer.body)) + "\"");
    }
    out.push_back('}');
  }
  return out.append("]}");
}

}  // namespace kerros::graph
