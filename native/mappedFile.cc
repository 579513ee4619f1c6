#include "mappedFile.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace convoy {

MappedFile mapFile(const std::string& path) {
  const auto fail = [&](const std::string& why) { throw std::runtime_error(path + ": cannot be mapped: " + why); };
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail(std::strerror(errno));
  struct stat about = {};
  const int known = fstat(file, &about);
  const auto bytes = static_cast<size_t>(about.st_size);
  void* memory = known == 0 && bytes > 0 ? mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;
  const int error = errno;
  close(file);
  if (known == 0 && bytes == 0) fail("it is empty");
  if (memory == MAP_FAILED) fail(std::strerror(error));
  const auto unmap = [bytes](char* all) { munmap(all, bytes); };
  return {std::shared_ptr<char>(static_cast<char*>(memory), unmap), bytes};
}

}  // namespace convoy
