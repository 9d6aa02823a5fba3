import '../../support/overHttp2';
import '../files.test';
