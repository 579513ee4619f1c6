// Files whose bytes are read where they lie, as far as they are needed.
#pragma once

#include <memory>
#include <string>

namespace convoy {

/** A file in memory that the system fills from it and takes back as it likes. */
struct MappedFile {
  std::shared_ptr<char> memory;
  size_t bytes = 0;
};

/** Maps a file for reading. Throws std::runtime_error when it cannot be opened or is empty. */
MappedFile mapFile(const std::string& path);

}  // namespace convoy
