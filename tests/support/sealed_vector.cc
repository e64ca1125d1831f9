#include "tests/support/sealed_vector.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

namespace kerros::test {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

std::map<std::string, std::string> parse_lines(std::string_view text) {
  std::map<std::string, std::string> fields;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) throw std::runtime_error("a line without a colon");
    fields.emplace(line.substr(0, colon), line.substr(colon + 2));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return fields;
}

std::uint8_t digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  throw std::runtime_error("not a hexadecimal digit");
}

}  // namespace

Bytes from_hex(std::string_view text) {
  if (text.size() % 2 != 0) throw std::runtime_error("half a byte of hexadecimal");
  Bytes bytes;
  for (std::size_t i = 0; i < text.size(); i += 2)
    bytes.push_back(static_cast<std::uint8_t>(digit(text[i]) << 4 | digit(text[i + 1])));
  return bytes;
}

std::filesystem::path vector_directory() {
  return std::filesystem::path(KERROS_SOURCE_DIR) / "tests" / "vectors";
}

std::vector<std::string> vector_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(vector_directory()))
    if (entry.path().extension() == ".kv") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

SealedVector load_vector(const std::string& name) {
  const std::string raw = read_file(vector_directory() / (name + ".kv"));
  const std::size_t end = raw.find("\n\n");
  if (end == std::string::npos) throw std::runtime_error(name + " has no empty line");
  const auto fields = parse_lines(std::string_view(raw).substr(0, end));
  const auto optional_bytes = [&](const char* key) -> std::optional<Bytes> {
    if (!fields.contains(key)) return std::nullopt;
    return from_hex(fields.at(key));
  };
  SealedVector vector;
  vector.name = name;
  vector.expect = fields.at("expect");
  vector.field = fields.at("field");
  vector.dek = optional_bytes("dek");
  vector.epoch_key = optional_bytes("epoch-key");
  if (fields.contains("record-plain-size"))
    vector.record_plain_size = std::stoull(fields.at("record-plain-size"));
  vector.plain_size = std::stoull(fields.at("plain-size"));
  vector.plain_sha256 = fields.at("plain-sha256");
  vector.bytes.assign(raw.begin() + static_cast<std::ptrdiff_t>(end) + 2, raw.end());
  return vector;
}

}  // namespace kerros::test
