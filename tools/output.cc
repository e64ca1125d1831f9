#include "tools/output.h"

#include <algorithm>
#include <cstdio>

namespace kerros::tools {
namespace {

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

// Width on the screen: code points are close enough for a table.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

void print_fields(const Json& object, const std::string& prefix) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_object()) {
      print_fields(value, prefix + name + ".");
    } else if (value.is_array()) {
      for (const auto& entry : value)
        print(prefix + name + ": " +
              (entry.is_object() ? printable(dump(entry, -1)) : cell(entry)) + "\n");
    } else {
      print(prefix + name + ": " + cell(value) + "\n");
    }
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c1 = byte == 0xc2 && i + 1 < text.size() &&
                    static_cast<unsigned char>(text[i + 1]) < 0xa0;  // U+0080 to U+009F
    out += byte < 0x20 || byte == 0x7f || c1 ? '?' : text[i];
    if (c1) ++i;
  }
  return out;
}

std::string cell(const Json& value) {
  if (value.is_null()) return "-";
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  const auto text = value.is_string() ? printable(value.get<std::string>()) : dump(value, -1);
  return text.empty() ? "-" : text;
}

ListPrinter::ListPrinter(std::vector<Column> columns, bool json)
    : columns_(std::move(columns)), json_(json) {}

void ListPrinter::add(const Json& page) {
  if (!json_) return add_table(page);
  for (const auto& entry : page) {
    print(began_ ? ",\n" : "[\n");
    print(dump(entry, -1));
    began_ = true;
  }
}

void ListPrinter::end() {
  if (json_) print(began_ ? "\n]\n" : "[]\n");
}

void ListPrinter::add_table(const Json& page) {
  std::vector<std::vector<std::string>> rows;
  if (!began_ && !page.empty()) {
    auto& titles = rows.emplace_back();
    for (const auto& column : columns_) titles.push_back(column.title);
    began_ = true;
  }
  for (const auto& entry : page) {
    auto& row = rows.emplace_back();
    for (const auto& column : columns_)
      row.push_back(cell(entry.contains(column.field) ? entry.at(column.field) : Json()));
  }
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - width(row[i]) + 2, ' ');
    }
    print(line + "\n");
  }
}

void print_object(const Json& object, bool json) {
  if (json)
    print(dump(object, 2) + "\n");
  else
    print_fields(object, "");
}

void print_text(std::string_view text) { print(text); }

void warn(std::string_view text) {
  const auto line = "kerros: warning: " + printable(text) + "\n";
  std::fputs(line.c_str(), stderr);
}

}  // namespace kerros::tools
