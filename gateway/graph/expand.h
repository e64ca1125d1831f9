// The grammar of $expand: "children($select=size;$top=2),thumbnails".
//
// All views are into the text given, so that a place in them is a place in the option.
// Thread safety: pure functions. Source: OData 4.01 URL conventions 5.1.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kerros::graph {

// One level of options: those of the query, or those in the parentheses of an expanded navigation.
struct ExpandOptions {
  std::optional<std::string_view> select;  // the values
  std::optional<std::string_view> expand;
};

struct Expanded {
  std::string name;  // in small letters
  std::string_view written;
  ExpandOptions options;
};

// None when nothing is expanded; what does not follow the grammar is read as far as it does.
std::vector<Expanded> read_expand(const ExpandOptions& options);

// Cut at `separator` outside of parentheses and quotes.
std::vector<std::string_view> split_option(std::string_view text, char separator);
std::string_view trim_blanks(std::string_view text);
std::string_view without_dollar(std::string_view name);
std::string small_letters(std::string_view text);

}  // namespace kerros::graph
