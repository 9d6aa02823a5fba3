import '../../support/overHttp2';
import '../credential.test';
