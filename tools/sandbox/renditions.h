// What the service shows of a file besides its bytes: pictures, pages, cells. All of it is made of
// the first stored bytes, so that plain files show through and sealed ones are noise.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kerros::sandbox {

bool has_thumbnail(std::string_view extension);
// "pdf", "html", "jpg": whether the service makes that of such a file.
bool converts(std::string_view extension, std::string_view format);

std::string picture_of(std::string_view bytes);  // PNG, 16 by 16, a grey dot for each byte
std::string pdf_of(std::string_view bytes);      // one page with the printable part
std::string html_of(std::string_view bytes);

// Comma-separated lines as rows of cells; all rows are as long as the longest.
using Cells = std::vector<std::vector<std::string>>;
Cells cells_of(std::string_view bytes);
std::string bytes_of(const Cells& cells);
// "B3" -> column 1, row 2. False when it is no such address.
bool parse_cell(std::string_view address, std::size_t& column, std::size_t& row);

}  // namespace kerros::sandbox
