// What commands print: tables for people, JSON for programs; data on stdout only.
//
// Thread safety: one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/questions.h"

namespace kerros::tools {

struct Column {
  std::string field;  // of the JSON object
  std::string title;
};

// A list printed as it comes, page by page, so that its length never lies in memory.
class ListPrinter {
 public:
  ListPrinter(std::vector<Column> columns, bool json);
  void add(const Json& page);  // an array of objects
  void end();

 private:
  void add_table(const Json& page);
  std::vector<Column> columns_;
  bool json_;
  bool began_ = false;
};

// One object: as JSON, or a line "field: value" each, nested fields with a dot.
void print_object(const Json& object, bool json);

// Bytes that a terminal would obey rather than show become "?".
std::string printable(std::string_view text);
std::string cell(const Json& value);  // null becomes "-"

void print_text(std::string_view text);  // as it is: whole lines for people

void warn(std::string_view text);  // "kerros: warning: ..." on stderr

}  // namespace kerros::tools
